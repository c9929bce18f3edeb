/** What a hypervisor driver implements. */
@Export
@Version("0.1.0")
package org.virt.spi.driver;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
