/** What converts between domain XML and native configurations. */
@Export
@Version("0.1.0")
package org.virt.spi.format;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
