/** What is asked of the other end, a class for each area. */
package org.virt.driver.remote.internal.calls;
