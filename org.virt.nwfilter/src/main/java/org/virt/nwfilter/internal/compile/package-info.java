/** From definitions and variables to port programs; pure. */
package org.virt.nwfilter.internal.compile;
