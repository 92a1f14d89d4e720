// SPDX-License-Identifier: Apache-2.0
#include "csv_files.hpp"

#include "files/visit_files.hpp"

namespace morgana::csv {
namespace {

/// Where a visited file lies: beside `path` where that is the file itself or its compressed form, below it else.
std::filesystem::path place_of(const std::filesystem::path& path, const std::string& name) {
  if (std::filesystem::is_directory(path)) return path / name;
  return name.find('/') == std::string::npos ? path.parent_path() / name : std::filesystem::path(name);
}

/// Bytes of a file that were read; shows progress and lets the run be stopped.
class WatchedSource final : public files::ByteSource {
 public:
  WatchedSource(files::ByteSource& source, const files::BytesRead& bytes, Context& context)
      : source_(source), bytes_(bytes), context_(context) {}
  std::size_t read(char* into, std::size_t capacity) override {
    context_.check_stop();
    context_.progress({bytes_.done, bytes_.total, "bytes"});
    return source_.read(into, capacity);
  }

 private:
  files::ByteSource& source_;
  const files::BytesRead& bytes_;
  Context& context_;
};

}  // namespace

CsvParameters::CsvParameters(Stage& stage)
    : label_(stage, "label",
             {.value = "label",
              .doc = "The column that becomes the class; \"{file}\" and \"{folder}\" for the name of the file or its "
                     "folder; empty: no classes."}),
      capture_(stage, "capture",
               {.value = std::vector<std::string>{},
                .doc = "Columns that tell captures apart, for splits by capture; as for `label`, several are joined "
                       "by /."}),
      separator_(stage, "separator",
                 {.value = Choice{"auto"},
                  .choices = {"auto", "comma", "semicolon", "tab", "bar"},
                  .doc = "What stands between cells; auto: the one that divides a file's first record most often."}),
      header_(stage, "header",
              {.value = true,
               .doc = "The first record names the columns; where there is none they are \"1\", \"2\", and so on."}) {}

void CsvParameters::name_rows(tables::RowOptions& options) const {
  options.labelled = !label_->empty();
  options.captured = !capture_->empty();
}

NameCells CsvParameters::labels(const CsvFile& file, const Header& header) const {
  return {
      {*label_}, file.path, header, "set label to a column, to \"{file}\" or \"{folder}\", or to \"\" for no classes"};
}

NameCells CsvParameters::captures(const CsvFile& file, const Header& header) const {
  return {*capture_, file.path, header};
}

void CsvParameters::visit(const std::filesystem::path& path, Context& context, tables::RowCollector& collector,
                          const Visit& visit) const {
  const char separator = *separator_ == "comma"       ? ','
                         : *separator_ == "semicolon" ? ';'
                         : *separator_ == "tab"       ? '\t'
                         : *separator_ == "bar"       ? '|'
                                                      : '\0';
  files::BytesRead bytes;
  collector.note_omissions(
      files::visit_files(path, {".csv", ".tsv"}, bytes, [&](const std::string& name, files::ByteSource& source) {
        WatchedSource watched(source, bytes, context);
        CsvRecords records(watched, name, separator);
        visit({name, place_of(path, name)}, records);
      }));
  context.progress({bytes.total, bytes.total, "bytes"});
}

}  // namespace morgana::csv
