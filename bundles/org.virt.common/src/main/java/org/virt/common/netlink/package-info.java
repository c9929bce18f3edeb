/** Messages to and from the kernel by netlink(7). */
@Export
@Version("0.1.0")
package org.virt.common.netlink;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
