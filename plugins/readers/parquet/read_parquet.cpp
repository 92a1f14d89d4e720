// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include "parquet/parquet_file.hpp"
#include "tables/finished.hpp"
#include "tables/names.hpp"
#include "tables/row_collector.hpp"
#include "tables/row_parameters.hpp"

namespace morgana::tables {
namespace {

/// Where rows get one of their names from: columns or the file's path, joined by '/'.
class NameSource {
 public:
  /// Appends the columns to be read to `wanted`.
  NameSource(std::vector<std::string> columns, const std::filesystem::path& file, std::vector<WantedColumn>& wanted) {
    std::erase(columns, "");
    for (auto& column : columns) {
      if (auto name = name_from_path(column, file)) {
        if (!is_utf8(*name)) throw Error("{}: its path is not UTF-8, so it gives no names", file.string());
        parts_.push_back({std::move(*name), std::nullopt});
      } else {
        parts_.push_back({"", wanted.size()});
        wanted.push_back({std::move(column), ColumnKind::kText});
      }
    }
  }

  /// The row's name; "" where a part of it is absent. Valid until the next call.
  const std::string& of(std::size_t row, const std::vector<ColumnBatch>& columns) {
    joined_.clear();
    for (const auto& part : parts_) {
      const auto& text = part.column ? columns[*part.column].text[row] : part.fixed;
      if (text.empty()) return joined_ = "";
      if (!joined_.empty()) joined_ += '/';
      joined_ += text;
    }
    return joined_;
  }

 private:
  struct Part {
    std::string fixed;
    std::optional<std::size_t> column;
  };
  std::vector<Part> parts_;
  std::string joined_;
};

/// The parquet files of a path, by name.
std::vector<std::filesystem::path> parquet_files(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
    if (entry.is_regular_file() && (entry.path().extension() == ".parquet" || entry.path().extension() == ".pq"))
      files.push_back(entry.path());
  if (files.empty()) throw Error("there is no .parquet file in {}", path.string());
  std::sort(files.begin(), files.end());
  return files;
}

/// Any parquet file with a row a biflow whose packets stand in columns of lists.
class ReadParquet final : public Stage {
  Param<InputPath> path{
      *this, "path", {.doc = "A parquet file, or a folder of .parquet files, which are read in order of name."}};
  RowParameters packet_columns{*this};
  Param<std::string> label{*this,
                           "label",
                           {.doc = "The column that becomes the class: text, categories or integers; \"{file}\" and "
                                   "\"{folder}\" for the name of the file or its folder; empty: no classes."}};
  Param<Choice> padding{*this,
                        "padding",
                        {.value = Choice{"keep"},
                         .choices = {"keep", "drop"},
                         .doc = "Packets at the end of a row whose PL is 0 or missing: drop them where they only "
                                "fill rows up to one width."}};
  Param<std::vector<std::string>> capture{
      *this,
      "capture",
      {.value = std::vector<std::string>{},
       .doc = "Columns that tell captures apart, for splits by capture; as for `label`, several are joined by /."}};
  Param<std::string> device{*this, "device", {.value = "", .doc = "The column of the recording device; empty: none."}};
  Param<std::string> key{
      *this, "key", {.value = "", .doc = "The column of \"ip,port,ip,port,protocol\", client first; empty: none."}};
  Param<std::vector<std::string>> columns{
      *this,
      "columns",
      {.value = std::vector<std::string>{}, .doc = "Further columns, a number a row, kept with each trace."}};
  Out<Traces> traces{*this, "traces", "One trace a row, in the files' order."};

  /// Units are those of the first file.
  RowOptions options(const std::filesystem::path& first) const {
    const ParquetFile file(first);
    auto options = packet_columns.options();
    options.padding = *padding == "drop" ? Padding::kDrop : Padding::kKeep;
    options.labelled = !label->empty();
    options.captured = !capture->empty();
    options.has_device = !device->empty();
    options.keyed = !key->empty();
    for (auto& source : options.sources) source.unit = file.unit(source.column);
    for (const auto& name : *columns) options.columns.push_back({name, file.unit(name), {}});
    return options;
  }

  void read_file(const std::filesystem::path& file, const RowOptions& options, RowCollector& collector,
                 Context& context, std::uint64_t total) {
    ParquetFile parquet(file);
    std::vector<WantedColumn> wanted;
    for (const auto& source : options.sources)
      wanted.push_back({source.column, source.timestamps ? ColumnKind::kTimes : ColumnKind::kLists});
    for (const auto& column : *columns) wanted.push_back({column, ColumnKind::kNumbers});
    NameSource labels({*label}, file, wanted), captures(*capture, file, wanted), devices({*device}, file, wanted),
        keys({*key}, file, wanted);

    TraceRow row;
    std::vector<double> numbers;
    std::uint64_t number = 0;
    parquet.read(wanted, [&](std::size_t rows, const std::vector<ColumnBatch>& batch) {
      context.check_stop();
      for (std::size_t i = 0; i < rows; ++i) {
        row.lists.clear();
        for (std::size_t source = 0; source < options.sources.size(); ++source)
          row.lists.push_back(batch[source].list(i));
        numbers.clear();
        for (std::size_t column = 0; column < columns->size(); ++column)
          numbers.push_back(batch[options.sources.size() + column].numbers[i]);
        row.columns = numbers;
        row.label = labels.of(i, batch);
        row.capture = captures.of(i, batch);
        row.device = devices.of(i, batch);
        row.key = keys.of(i, batch);
        row.number = number++;
        collector.add(row);
      }
      context.progress({static_cast<std::uint64_t>(collector.rows()), total == 0 ? parquet.rows() : total, "rows"});
    });
  }

  void run(Context& context) override {
    const auto files = parquet_files(path->path);
    const auto options = this->options(files.front());
    RowCollector collector(options);
    std::uint64_t total = 0;
    if (files.size() > 1)
      for (const auto& file : files) total += ParquetFile(file).rows();
    for (const auto& file : files) {
      const auto below = files.size() == 1 ? file.filename() : file.lexically_relative(path->path);
      collector.begin_file(below.string(), "row");
      read_file(file, options, collector, context, total);
    }
    if (const auto doubt = collector.padding_doubt(); !doubt.empty()) context.log().warning("{}", doubt);
    traces = finished(std::move(collector), path->path, context);
  }
};

}  // namespace
}  // namespace morgana::tables

MORGANA_PLUGIN("parquet", "1.0.0", "Reads traces from parquet files.",
               morgana::stage<morgana::tables::ReadParquet>(
                   "read.parquet", "Reads traces from parquet files with a row a biflow and columns of lists."));
