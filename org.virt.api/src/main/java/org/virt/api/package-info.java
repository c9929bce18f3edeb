/** What applications use: connections to hypervisors, machines, their states and events. */
@Export
@Version("0.1.0")
package org.virt.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
