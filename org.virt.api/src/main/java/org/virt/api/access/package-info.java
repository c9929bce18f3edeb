/** Who may do what from outside: clients, what they ask for, and who decides. */
@Export
@Version("0.1.0")
package org.virt.api.access;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
