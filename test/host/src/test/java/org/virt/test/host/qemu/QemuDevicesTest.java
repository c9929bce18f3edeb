package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.DomainState;
import org.virt.common.process.Command;

/** QEMU itself takes every device that the driver writes. */
class QemuDevicesTest extends QemuFixture {
  private static final String COMMON =
      """
      <disk type='file'>
        <driver name='qemu' type='qcow2' cache='none' io='threads' discard='unmap'/>
        <source file='HOME/a,b.qcow2'/><target dev='vda' bus='virtio'/><serial>S1</serial>
      </disk>
      <disk type='file'>
        <driver cache='writethrough'/><source file='HOME/raw2'/><target dev='sdb' bus='scsi'/>
      </disk>
      <disk type='file' device='cdrom'><target dev='sdc' bus='scsi'/></disk>
      <disk type='file' device='cdrom'>
        <source file='HOME/raw3'/><target dev='sdd' bus='sata'/>
      </disk>
      <disk type='file'><source file='HOME/raw4'/><target dev='sda' bus='sata'/><shareable/></disk>
      <interface type='user'><model type='virtio'/></interface>
      <interface type='user'><model type='e1000'/></interface>
      <interface type='user'><model type='e1000e'/><link state='down'/></interface>
      <interface type='user'><model type='vmxnet3'/></interface>
      <interface type='user'/>
      <serial type='pty'/>
      <serial type='tcp'>
        <source mode='bind' host='127.0.0.1' service='0'/><protocol type='telnet'/>
      </serial>
      <serial type='file'><source path='HOME/serial,2' append='on'/></serial>
      <serial type='null'/>
      <console type='pty'/>
      <console type='pty'><target type='virtio'/></console>
      <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
      <channel type='pty'><target type='virtio' name='second'/></channel>
      <input type='tablet' bus='usb'/>
      <input type='mouse' bus='usb'/>
      <input type='keyboard' bus='virtio'/>
      <graphics type='vnc' port='-1' keymap='de' passwd='secret'/>
      <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
      <rng model='virtio'><backend model='builtin'/></rng>
      <memballoon model='virtio'/>
      """;

  @BeforeEach
  void makeImages() throws Exception {
    boolean tool = Files.isExecutable(Path.of("/usr/bin/qemu-img"));
    assumeTrue(tool, "needs qemu-img (apt-get install qemu-utils)");
    String image = home.resolve("a,b.qcow2").toString();
    Command.of("qemu-img", "create", "-q", "-f", "qcow2", image, "1M").require();
    for (int i = 1; i <= 4; i++) {
      Files.write(home.resolve("raw" + i), new byte[1 << 20]);
    }
  }

  private void starts(String machine, String scsi, String video, String more) throws Exception {
    connection.define(
        """
        <domain type='qemu'>
          <name>all, of it</name>
          <uuid>%s</uuid>
          <memory unit='MiB'>64</memory>
          <currentMemory unit='MiB'>48</currentMemory>
          <vcpu current='2'>4</vcpu>
          <os>
            <type arch='x86_64' machine='%s'>hvm</type>
            <boot dev='cdrom'/><boot dev='hd'/><boot dev='network'/>
          </os>
          <features><acpi/><apic/><vmport state='off'/></features>
          <cpu mode='custom'>
            <model>Nehalem</model>
            <topology sockets='1' dies='1' cores='2' threads='2'/>
            <feature policy='require' name='aes'/>
          </cpu>
          <clock offset='localtime'>
            <timer name='rtc' tickpolicy='catchup'/>
            <timer name='pit' tickpolicy='delay'/>
            <timer name='hpet' present='no'/>
          </clock>
          <pm><suspend-to-mem enabled='no'/></pm>
          <on_reboot>destroy</on_reboot>
          <devices>
            <controller type='scsi' index='0' model='%s'/>
            <video><model type='%s'/></video>
            %s
            %s
          </devices>
        </domain>
        """
            .formatted(uuid, machine, scsi, video, COMMON.replace("HOME", home.toString()), more));
    connection.start(id);
    assertEquals(DomainState.RUNNING, connection.summary(id).status().state());
    connection.destroy(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vga", "cirrus", "virtio", "bochs"})
  void fillsAPc(String video) throws Exception {
    starts(
        "pc",
        "lsilogic",
        video,
        """
        <disk type='file'>
          <source file='HOME/raw1'/><target dev='hda' bus='ide'/>
        </disk>
        <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>
        <controller type='usb' index='0' model='nec-xhci'/>
        """
            .replace("HOME", home.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"virtio-scsi"})
  void fillsAQ35(String scsi) throws Exception {
    starts("q35", scsi, "virtio", "<video><model type='virtio'/></video>");
  }
}
