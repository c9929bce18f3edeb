/** Network interfaces of the host. */
@Export
@Version("0.1.0")
package org.virt.common.net;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
