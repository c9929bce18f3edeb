/** Tests of the bundles in a running framework. */
package org.virt.test.paxexam;
