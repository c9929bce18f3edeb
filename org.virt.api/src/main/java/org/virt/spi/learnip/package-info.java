/** What an address learner implements. */
@Export
@Version("0.1.0")
package org.virt.spi.learnip;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
