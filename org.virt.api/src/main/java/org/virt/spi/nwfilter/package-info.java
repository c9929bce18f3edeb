/** What a filter technique implements: port programs in, rules of the host out. */
@Export
@Version("0.1.0")
package org.virt.spi.nwfilter;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
