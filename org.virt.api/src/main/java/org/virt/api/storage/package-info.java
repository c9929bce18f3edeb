/** Storage pools and their volumes, as facets of connections. */
@Export
@Version("0.1.0")
package org.virt.api.storage;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
