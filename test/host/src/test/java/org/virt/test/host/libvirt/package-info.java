/** The same filters and bindings in a libvirtd of the test's own and here. */
package org.virt.test.host.libvirt;
