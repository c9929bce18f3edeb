/** The format as a service. */
package org.virt.format.vmx.internal;
