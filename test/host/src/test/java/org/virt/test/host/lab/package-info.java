/**
 * A bridge with guests and an uplink, made of network namespaces: send frames, see which arrive.
 */
package org.virt.test.host.lab;
