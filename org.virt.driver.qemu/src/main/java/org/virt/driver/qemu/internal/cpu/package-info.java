/** CPU models and features: what QEMU and the host have, and how they compare. */
package org.virt.driver.qemu.internal.cpu;
