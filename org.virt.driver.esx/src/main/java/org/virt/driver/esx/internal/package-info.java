/** Hypervisor driver for VMware ESX and vCenter. */
package org.virt.driver.esx.internal;
