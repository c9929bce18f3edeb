/** How connections come by what they need to log in: names and passwords. */
@Export
@Version("0.1.0")
package org.virt.api.auth;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
