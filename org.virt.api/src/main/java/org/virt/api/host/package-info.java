/** What a host has beside machines, networks and storage, as facets of connections. */
@Export
@Version("0.1.0")
package org.virt.api.host;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
