// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>

#include "test_environment.hpp"
#include "written_file.hpp"

namespace morgana {
namespace {

using testing::lists;
using testing::names;
using testing::numbers;
using testing::StageRunner;
using testing::write;
using Strings = std::vector<std::string>;

class ReadParquet : public ::testing::Test {
 protected:
  std::filesystem::path place(const std::string& name = "file.parquet") const { return context_.root() / "in" / name; }
  StageRunner& stage(const std::filesystem::path& path, const Strings& channels, const std::string& label = "app") {
    stage_ = std::make_unique<StageRunner>(morgana_plugin(), "read.parquet");
    return stage_->set("path", path.string()).set("channels", ParameterValue(channels)).set("label", label);
  }
  std::shared_ptr<const Traces> traces() { return stage_->run().output<Traces>("traces"); }
  std::string error() {
    try {
      stage_->run();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  testing::TestContext context_;
  std::unique_ptr<StageRunner> stage_;
};

std::vector<float> all(const Traces& traces, std::string_view channel) {
  return traces.table().channels[traces.channel_index(channel)].values;
}

TEST_F(ReadParquet, ReadsEveryKindOfListAndLabel) {
  const testing::Lists rows{{{1, 2}}, {{3, 1}}, {{4, 2}}, {{5, 6}}};
  const std::vector<std::shared_ptr<arrow::Array>> kinds{
      lists<arrow::Int8Builder>(rows),
      lists<arrow::UInt16Builder>(rows),
      lists<arrow::Int64Builder>(rows),
      lists<arrow::UInt64Builder>(rows),
      lists<arrow::FloatBuilder>(rows),
      lists<arrow::DoubleBuilder>(rows),
      lists<arrow::Int32Builder, arrow::LargeListBuilder>(rows),
      arrow::FixedSizeListArray::FromArrays(numbers<arrow::Int16Builder>({1, 2, 3, 1, 4, 2, 5, 6}), 2).ValueOrDie(),
  };
  const std::vector<std::shared_ptr<arrow::Array>> labels{
      names({"x", "y", "x", "y"}), names<arrow::LargeStringBuilder>({"x", "y", "x", "y"}),
      names<arrow::StringDictionaryBuilder>({"x", "y", "x", "y"}), names<arrow::BinaryBuilder>({"x", "y", "x", "y"})};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    SCOPED_TRACE(kinds[i]->type()->ToString());
    const auto file = write(place(), {{"size", kinds[i]}, {"app", labels[i % labels.size()]}});
    stage(file, {"PL=size"});
    const auto traces = this->traces();
    EXPECT_EQ(all(*traces, "PL"), (std::vector<float>{1, 2, 3, 1, 4, 2, 5, 6}));
    EXPECT_EQ(traces->class_names(), (Strings{"x", "y"}));
    EXPECT_EQ(traces->table().label.id, (std::vector<std::int32_t>{0, 1, 0, 1}));
  }
}

TEST_F(ReadParquet, ReadsLabelsThatAreNumbers) {
  const testing::Lists rows{{{1}}, {{1}}, {{1}}};
  stage(write(place(), {{"PL", lists<arrow::Int64Builder>(rows)}, {"app", numbers<arrow::Int64Builder>({7, -1, 7})}}),
        {"PL"});
  EXPECT_EQ(traces()->class_names(), (Strings{"-1", "7"}));
  // An integer column with gaps is floating in pandas.
  stage(write(place(), {{"PL", lists<arrow::Int64Builder>(rows)},
                        {"app", numbers<arrow::DoubleBuilder>({7, std::nullopt, NAN})}}),
        {"PL"});
  const auto floating = traces();
  EXPECT_EQ(floating->class_names(), Strings{"7"});
  EXPECT_EQ(floating->table().counts.at("skipped: no label"), 2);
}

TEST_F(ReadParquet, CountsAndNamesWhatIsAbsent) {
  const auto file =
      write(place(), {{"PL", lists<arrow::Int64Builder>({{{1, 2}}, {}, {{1, std::nullopt}}, {{}}, {{3, 4}}})},
                      {"IAT", lists<arrow::DoubleBuilder>({{{0, 5}}, {}, {{0, 1}}, {{}}, {}})},
                      {"app", names({"x", "x", "x", "x", "x"})}});
  stage(file, {"PL", "IAT"}).set("scale", ParameterValue(Strings{"IAT=1e-6"}));
  const auto traces = this->traces();
  EXPECT_EQ(all(*traces, "PL"), (std::vector<float>{1, 2}));
  EXPECT_EQ(all(*traces, "IAT"), (std::vector<float>{0, 5e-6f}));
  const auto& table = traces->table();
  EXPECT_EQ(table.counts.at("rows"), 5);
  EXPECT_EQ(table.notes.at("skipped: no packets"), "file.parquet row 1; file.parquet row 3");
  EXPECT_EQ(table.notes.at("skipped: missing value"), "file.parquet row 2: PL of packet 1");
  EXPECT_EQ(table.notes.at("skipped: unequal lengths"), "file.parquet row 4: PL has 2, IAT has 0");
}

TEST_F(ReadParquet, TakesTimesFromTimestamps) {
  const auto nanoseconds = arrow::timestamp(arrow::TimeUnit::NANO);
  const auto items = std::make_shared<arrow::TimestampBuilder>(nanoseconds, arrow::default_memory_pool());
  arrow::ListBuilder builder(arrow::default_memory_pool(), items);
  ASSERT_TRUE(builder.Append().ok());
  for (const std::int64_t time : {1700000000000000001, 1700000000000000003, 1700000001000000003})
    ASSERT_TRUE(items->Append(time).ok());
  stage(write(place(), {{"PL", lists<arrow::Int64Builder>({{{1, 2, 3}}})},
                        {"seen", builder.Finish().ValueOrDie()},
                        {"app", names({"x"})}}),
        {"PL"})
      .set("timestamps", "seen");
  EXPECT_EQ(all(*traces(), "IAT"), (std::vector<float>{0, 2e-9f, 1}));
}

TEST_F(ReadParquet, TakesNamesAndNumbersOfOtherColumns) {
  const auto file =
      write(place("zoom/first.parquet"), {{"PL", lists<arrow::Int64Builder>({{{1}}, {{2}}, {{3}}, {{4}}})},
                                          {"partition", names({"a", "a", "b", ""})},
                                          {"run", numbers<arrow::Int32Builder>({1, 2, 1, 1})},
                                          {"phone", names({"p", "", "p", "q"})},
                                          {"id", names({"1", "2", "3", "4"})},
                                          {"bytes", numbers<arrow::UInt32Builder>({10, std::nullopt, 30, 40})},
                                          {"valid", numbers<arrow::BooleanBuilder>({1, 0, 1, 1})}});
  stage(file, {"PL"}, "{folder}")
      .set("capture", ParameterValue(Strings{"{file}", "partition", "run"}))
      .set("device", "phone")
      .set("key", "id")
      .set("columns", ParameterValue(Strings{"bytes", "valid"}));
  const auto table = traces()->table();
  EXPECT_EQ(table.label.names, Strings{"zoom"});
  EXPECT_EQ(table.capture.names, (Strings{"first/a/1", "first/a/2", "first/b/1"}));
  EXPECT_EQ(table.capture.id.back(), -1);
  EXPECT_EQ(table.device.names, (Strings{"p", "q"}));
  EXPECT_EQ(table.keys, (Strings{"1", "2", "3", "4"}));
  EXPECT_EQ(table.columns[0].name, "bytes");
  EXPECT_EQ(table.columns[0].values[0], 10);
  EXPECT_TRUE(std::isnan(table.columns[0].values[1]));
  EXPECT_EQ(table.columns[1].values, (std::vector<double>{1, 0, 1, 1}));
}

TEST_F(ReadParquet, ReadsAFolderByNameAndManyRowGroups) {
  for (const char* name : {"b.parquet", "a.pq", "c/a.parquet", "notes.txt"}) {
    testing::Lists rows;
    for (int i = 0; i < 3000; ++i) rows.push_back({{static_cast<double>(i), 2.0}});
    write(place(name), {{"PL", lists<arrow::Int32Builder>(rows)}, {"app", names(Strings(3000, name))}}, 700);
  }
  stage(context_.root() / "in", {"PL"});
  const auto traces = this->traces();
  ASSERT_EQ(traces->size(), 9000u);
  EXPECT_EQ((*traces)[0].label(), "a.pq");
  EXPECT_EQ((*traces)[3000].label(), "b.parquet");
  EXPECT_EQ((*traces)[8999].label(), "c/a.parquet");
  EXPECT_EQ(all(*traces, "PL")[2 * 8999], 2999);
  EXPECT_EQ(stage_->context.last_done, 9000u);
}

TEST_F(ReadParquet, ReadsTheLayoutOfTcbench) {
  // Names and types as tcbench's schema of its curated ucdavis-icdm19 has them: direction 1 is upload.
  const auto file =
      write(place(), {{"row_id", numbers<arrow::UInt64Builder>({0, 1})},
                      {"app", names<arrow::StringDictionaryBuilder>({"google-doc", "youtube"})},
                      {"partition", names({"pretraining", "pretraining"})},
                      {"pkts_timestamp", lists<arrow::DoubleBuilder>({{{1527993495.5, 1527993495.75}}, {{3, 4}}})},
                      {"pkts_size", lists<arrow::Int64Builder>({{{1350, 63}}, {{1, 2}}})},
                      {"pkts_dir", lists<arrow::Int64Builder>({{{1, 0}}, {{0, 1}}})},
                      {"timetofirst", lists<arrow::DoubleBuilder>({{{0, 0.25}}, {{0, 1}}})}});
  stage(file, {"PL=pkts_size", "DIR=pkts_dir", "TIME=timetofirst"})
      .set("timestamps", "pkts_timestamp")
      .set("positive", "up")
      .set("columns", ParameterValue(Strings{"row_id"}));
  const auto traces = this->traces();
  EXPECT_EQ(all(*traces, "PL"), (std::vector<float>{1350, 63, 1, 2}));
  EXPECT_EQ(all(*traces, "DIR"), (std::vector<float>{-1, 1, 1, -1}));
  EXPECT_EQ(all(*traces, "TIME"), (std::vector<float>{0, 0.25f, 0, 1}));
  EXPECT_EQ(all(*traces, "IAT"), (std::vector<float>{0, 0.25f, 0, 1}));
}

TEST_F(ReadParquet, DoubtsZerosThatFillRows) {
  const Strings label{"x", "x"};
  const auto file = write(place(), {{"PL", lists<arrow::Int64Builder>({{{1, 0}}, {{1, 2}}})}, {"app", names(label)}});
  stage(file, {"PL"});
  traces();
  EXPECT_EQ(stage_->context.messages.front(),
            "all rows have 2 packets and 1 of them end in a PL of 0: where zeros only fill rows up, set padding to "
            "\"drop\"");
  stage(file, {"PL"}).set("padding", "drop");
  EXPECT_EQ(all(*traces(), "PL"), (std::vector<float>{1, 1, 2}));
  EXPECT_EQ(stage_->context.messages.size(), 1u);
}

TEST_F(ReadParquet, SaysWhatIsWrong) {
  const auto one = lists<arrow::Int64Builder>({{{1}}});
  const auto file = write(place(), {{"row_id", numbers<arrow::Int64Builder>({1})},
                                    {"pkts_size", one},
                                    {"nested", lists<arrow::Int64Builder>({{{1}}})},
                                    {"app", names({""})},
                                    {"twice", one},
                                    {"twice", one}});
  stage(file, {"PL=pkt_size"});
  EXPECT_EQ(error(), file + " has no column \"pkt_size\"; it has pkts_size, twice, twice, row_id, nested, app");
  stage(file, {"PL=row_id"});
  EXPECT_EQ(error(), file + ": column \"row_id\" holds int64, not lists of numbers");
  stage(file, {"PL=twice"});
  EXPECT_EQ(error(), file + " has 2 columns \"twice\"");
  stage(file, {"PL=pkts_size"}, "nested");
  EXPECT_EQ(error().find(file + ": column \"nested\" holds list<"), 0u);
  stage(file, {"PL=pkts_size"}).set("columns", ParameterValue(Strings{"app"}));
  EXPECT_EQ(error(), file + ": column \"app\" holds string, not numbers");
  stage(file, {"PL=pkts_size"});
  EXPECT_EQ(error(), "no trace is left of 1 row in " + file + ": no label (1)");
  stage("/absent.parquet", {"PL"});
  EXPECT_EQ(error(), "there is no file /absent.parquet");
  stage(context_.scratch(), {"PL"});
  EXPECT_EQ(error(), "there is no .parquet file in " + context_.scratch().string());
  stage(file, {"PL=pkts_size"}).set("packets", 3).set("minimum_packets", 4);
  EXPECT_EQ(error(), "minimum_packets 4 is more than packets 3");
}

TEST_F(ReadParquet, ReadsWhatPythonWrites) {
  const auto python = testing::oracle_python();
  if (!std::filesystem::exists(python)) GTEST_SKIP() << "no Python at " << python << ": run scripts/setup";
  std::filesystem::create_directories(place().parent_path());
  const auto command = fmt::format("{} {}/plugins/readers/parquet/test/write_table.py {}", python.string(),
                                   MORGANA_SOURCE_DIR, place().string());
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  stage(place(), {"PL=sizes", "IAT=gaps", "DIR=directions"}).set("columns", ParameterValue(Strings{"bytes"}));
  const auto traces = this->traces();
  ASSERT_EQ(traces->size(), 500u);
  const auto& bytes = traces->table().columns[0].values;
  for (std::size_t row = 0; row < traces->size(); ++row) {
    double sum = 0;
    for (const float size : (*traces)[row].channel("PL")) sum += size;
    EXPECT_EQ(sum, bytes[row]);
    EXPECT_EQ((*traces)[row].label(), row % 3 == 0 ? "chat" : row % 3 == 1 ? "video" : "web");
    EXPECT_EQ(traces->packets(row), row % 7 + 1);
    EXPECT_EQ((*traces)[row].channel("IAT")[0], 0);
    EXPECT_EQ((*traces)[row].channel("DIR")[0], row % 2 == 0 ? -1 : 1);
  }
}

TEST(GenuineTeachingFile, IsReadAsItsOwnReaderReadsIt) {
  const auto file = testing::reference_data() / "mirage-parquet/Mirage-VIDEO.parquet";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no reference data " << file << "; set MORGANA_REFERENCE_DATA";
  StageRunner stage(morgana_plugin(), "read.parquet");
  stage.set("path", file.string()).set("label", "LABEL");
  stage.set("channels", ParameterValue(Strings{"PL", "IAT", "DIR"})).set("scale", ParameterValue(Strings{"IAT=1e-6"}));
  const auto traces = stage.run().output<Traces>("traces");
  EXPECT_EQ(traces->table().counts.at("rows"), 26258);
  EXPECT_EQ(traces->table().counts.at("skipped: no packets"), 675);
  EXPECT_EQ(traces->size(), 25583u);
  EXPECT_EQ(traces->class_names().size(), 16u);
  EXPECT_EQ(traces->longest(), 10u);
  const auto first = (*traces)[0].channel("PL");
  EXPECT_EQ(std::vector<float>(first.begin(), first.end()),
            (std::vector<float>{179, 1448, 1448, 1419, 126, 170, 886, 721, 721}));
  EXPECT_FLOAT_EQ((*traces)[0].channel("IAT")[4], 0.036974191665649414f);
}

}  // namespace
}  // namespace morgana
