/** Contract tests for drivers and filter techniques. */
package org.virt.test.contract;
