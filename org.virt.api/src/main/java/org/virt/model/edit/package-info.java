/**
 * Changes of domain XML that verbs make: what {@code setmem --config} or {@code attach-device
 * --config} do to a definition. They work on the tree of elements, so whatever else it holds stays
 * as it is.
 */
@Export
@Version("0.1.0")
package org.virt.model.edit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
