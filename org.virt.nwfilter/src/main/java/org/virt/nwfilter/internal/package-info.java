/** Network filter manager: definitions, bindings, port programs. */
package org.virt.nwfilter.internal;
