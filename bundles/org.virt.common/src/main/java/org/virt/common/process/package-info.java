/** Runs the host's tools. */
@Export
@Version("0.1.0")
package org.virt.common.process;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
