/** Reads untrusted XML within limits, and prints XML as libvirt's tools do. */
@Export
@Version("0.1.0")
package org.virt.api.xml;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
