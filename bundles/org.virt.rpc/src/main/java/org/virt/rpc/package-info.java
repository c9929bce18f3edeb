/** libvirt's wire protocol: types, procedures and frames, for servers and clients. */
@Export
@Version("0.1.0")
package org.virt.rpc;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
