/** Starts the runtime: an embedded Felix and its bundles. */
package org.virt.launcher;
