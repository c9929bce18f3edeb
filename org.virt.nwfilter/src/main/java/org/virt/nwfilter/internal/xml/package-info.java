/** Filter and binding XML: vocabulary, parser, printer. */
package org.virt.nwfilter.internal.xml;
