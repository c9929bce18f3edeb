/** The procedures, one declaration each. */
package org.virt.remote.internal.calls;
