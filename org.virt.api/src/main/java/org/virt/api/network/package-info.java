/** Virtual networks, as facets of connections. */
@Export
@Version("0.1.0")
package org.virt.api.network;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
