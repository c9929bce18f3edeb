package org.virt.driver.test.internal;

import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;

/** Devices of one machine. */
final class TestDevices extends TestEdit implements DeviceVerbs {
  TestDevices(TestHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public void attachDevice(String xml, Affects affects) throws VirtException {
    change("attach a device to", affects, tree -> DeviceEdit.add(tree, DeviceEdit.parse(xml)));
  }

  @Override
  public void detachDevice(String xml, Affects affects) throws VirtException {
    XmlElement device = DeviceEdit.parse(xml);
    change(
        "detach a device from",
        affects,
        tree -> DeviceEdit.remove(tree, DeviceEdit.find(tree, device)));
  }

  @Override
  public void detachDeviceAlias(String alias, Affects affects) throws VirtException {
    change(
        "detach a device from",
        affects,
        tree -> DeviceEdit.remove(tree, DeviceEdit.alias(tree, alias)));
  }

  @Override
  public void updateDevice(String xml, Affects affects, Force force) throws VirtException {
    change(
        "update a device of",
        affects,
        tree -> {
          XmlElement device = DeviceEdit.parse(xml);
          tree.make("devices").replace(DeviceEdit.find(tree, device), device);
        });
  }
}
