/** Measures the runtime beside libvirt. */
package org.virt.test.bench;
