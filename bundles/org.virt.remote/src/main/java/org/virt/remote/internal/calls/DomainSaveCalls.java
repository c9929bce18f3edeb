package org.virt.remote.internal.calls;

import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SaveVerbs.DumpFlag;
import org.virt.api.domain.SaveVerbs.DumpFormat;
import org.virt.api.domain.SaveVerbs.Passwords;
import org.virt.api.domain.SaveVerbs.SaveFlag;
import org.virt.api.domain.SavedImages;
import org.virt.api.domain.TypedParameters;

/** A machine's memory in files. */
final class DomainSaveCalls {
  void declare(Declarations all) {
    declareFiles(all);
    declareImages(all);
    declareManaged(all);
    all.on(
            "domain_core_dump",
            call -> {
              call.of(SaveVerbs.class)
                  .coreDump(call.text("to"), DumpFormat.RAW, call.flags(DumpFlag.class));
              return call.reply();
            })
        .on(
            "domain_core_dump_with_format",
            call -> {
              DumpFormat format = Choice.of(DumpFormat.class, call.integer("dumpformat"));
              call.of(SaveVerbs.class)
                  .coreDump(call.text("to"), format, call.flags(DumpFlag.class));
              return call.reply();
            });
  }

  private static void declareFiles(Declarations all) {
    all.on(
            "domain_save",
            call -> {
              call.of(SaveVerbs.class).save(call.text("to"), Optional.empty(), Set.of());
              return call.reply();
            })
        .on(
            "domain_save_flags",
            call -> {
              call.of(SaveVerbs.class)
                  .save(
                      call.text("to"),
                      call.args().optionalText("dxml"),
                      call.flags(SaveFlag.class));
              return call.reply();
            })
        .on(
            "domain_save_params",
            call -> {
              TypedParameters how = call.parameters("params");
              call.of(SaveVerbs.class)
                  .save(file(how), how.string("dxml"), call.flags(SaveFlag.class));
              return call.reply();
            })
        .on(
            "domain_restore",
            call -> {
              call.host(SavedImages.class).restore(call.text("from"), Optional.empty(), Set.of());
              return call.reply();
            })
        .on(
            "domain_restore_flags",
            call -> {
              call.host(SavedImages.class)
                  .restore(
                      call.text("from"),
                      call.args().optionalText("dxml"),
                      call.flags(SaveFlag.class));
              return call.reply();
            })
        .on(
            "domain_restore_params",
            call -> {
              TypedParameters how = call.parameters("params");
              call.host(SavedImages.class)
                  .restore(file(how), how.string("dxml"), call.flags(SaveFlag.class));
              return call.reply();
            });
  }

  private static void declareImages(Declarations all) {
    all.on(
            "domain_save_image_get_xml_desc",
            call -> {
              call.onlyFlags(1);
              return call.reply(
                  call.host(SavedImages.class).saveImageXml(call.text("file"), passwords(call)));
            })
        .on(
            "domain_save_image_define_xml",
            call -> {
              call.host(SavedImages.class)
                  .saveImageDefineXml(
                      call.text("file"), call.text("dxml"), call.flags(SaveFlag.class));
              return call.reply();
            });
  }

  private static void declareManaged(Declarations all) {
    all.on(
            "domain_managed_save",
            call -> {
              call.of(SaveVerbs.class).managedSave(call.flags(SaveFlag.class));
              return call.reply();
            })
        .on(
            "domain_has_managed_save_image",
            call -> {
              call.noFlags();
              SaveVerbs verbs = call.of(SaveVerbs.class);
              return call.reply(Absent.asFalse(verbs::hasManagedSaveImage) ? 1 : 0);
            })
        .on(
            "domain_managed_save_remove",
            call -> {
              call.noFlags();
              call.of(SaveVerbs.class).managedSaveRemove();
              return call.reply();
            })
        .on(
            "domain_managed_save_get_xml_desc",
            call -> {
              call.onlyFlags(1);
              return call.reply(call.of(SaveVerbs.class).managedSaveXml(passwords(call)));
            })
        .on(
            "domain_managed_save_define_xml",
            call -> {
              call.of(SaveVerbs.class)
                  .managedSaveDefineXml(
                      call.args().optionalText("dxml").orElse(""), call.flags(SaveFlag.class));
              return call.reply();
            });
  }

  private static Passwords passwords(Call call) {
    return call.flags() == 0 ? Passwords.LEFT_OUT : Passwords.SHOWN;
  }

  private static String file(TypedParameters how) throws VirtException {
    return how.string("file")
        .orElseThrow(() -> new VirtException(ErrorCode.INVALID_ARG, "no file is given"));
  }
}
