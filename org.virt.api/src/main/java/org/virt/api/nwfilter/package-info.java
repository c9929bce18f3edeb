/**
 * Network filters: their definitions, the ports that they protect, the addresses that were learned.
 */
@Export
@Version("0.1.0")
package org.virt.api.nwfilter;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
