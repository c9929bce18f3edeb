/** Converts VMware's configuration files (VMX) to domain XML and back. */
@Export
@Version("0.1.0")
package org.virt.format.vmx;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
