/** VMware's SOAP over HTTP: requests, answers, session. */
package org.virt.driver.esx.internal.soap;
