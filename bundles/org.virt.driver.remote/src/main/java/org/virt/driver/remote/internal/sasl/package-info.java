/** How a user proves who it is: SASL with SCRAM-SHA-256. */
package org.virt.driver.remote.internal.sasl;
