// SPDX-License-Identifier: Apache-2.0
#include "csv_stage_test.hpp"
#include "test_environment.hpp"

namespace morgana {
namespace {

using Strings = std::vector<std::string>;

class ReadSeries : public testing::CsvStageTest {
 protected:
  ReadSeries() : CsvStageTest("read.csv") {}
};

TEST_F(ReadSeries, ReadsATraceARow) {
  stage(write("label,video,b0,b1,b2\nyt,7,1,2,3\nfb,8,4,5,6\n"))
      .set("bin_seconds", 0.5)
      .set("capture", list({"label", "video"}))
      .set("columns", list({"video"}));
  EXPECT_EQ(error(), "");
  const auto traces = stage_->output<Traces>("traces");
  const auto& table = traces->table();
  EXPECT_EQ(all(*traces, "BYTES"), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(all(*traces, "IAT"), (std::vector<float>{0, 0.5f, 0.5f, 0, 0.5f, 0.5f}));
  EXPECT_EQ(table.channels[0].unit, "bytes");
  EXPECT_EQ(table.channels[1].unit, "s");
  EXPECT_EQ(table.notes.at("channel IAT"), "bins of 0.5 s");
  EXPECT_EQ(traces->class_names(), (Strings{"fb", "yt"}));
  EXPECT_EQ(table.capture.names, (Strings{"fb/8", "yt/7"}));
  EXPECT_EQ(table.columns[0].values, (std::vector<double>{7, 8}));
  EXPECT_EQ(stage_->context.messages.front(), "file.csv: the series are b0..b2");
}

TEST_F(ReadSeries, ReadsATraceAColumn) {
  stage(write("time;zoom;meet\n0.0;1;4\n0.5;2;5\n1.0;3;6\n"))
      .set("layout", "columns")
      .set("label", "time")
      .set("channel", "RATE")
      .set("unit", "bit/s");
  const auto traces = this->traces();
  EXPECT_EQ(all(*traces, "RATE"), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(traces->table().channels.size(), 1u);
  EXPECT_EQ(traces->table().channels[0].unit, "bit/s");
  EXPECT_EQ((*traces)[0].label(), "zoom");
  EXPECT_EQ((*traces)[1].label(), "meet");
}

TEST_F(ReadSeries, ReadsWithoutHeader) {
  stage(write("zoom,1,2\nmeet,3,4\n")).set("header", ParameterValue(false)).set("label", "1");
  const auto traces = this->traces();
  EXPECT_EQ(all(*traces, "BYTES"), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(traces->class_names(), (Strings{"meet", "zoom"}));
}

TEST_F(ReadSeries, TakesAFolderWithAFileAClass) {
  write("b0,b1\n1,2\n", "zoom/1.csv");
  write("b0\tb1\n3\t4\n", "meet/2.tsv");
  write("nothing", "meet/notes.txt");
  stage((context_.root() / "in").string()).set("label", "{folder}").set("capture", list({"{folder}", "{file}"}));
  const auto traces = this->traces();
  EXPECT_EQ(traces->class_names(), (Strings{"meet", "zoom"}));
  EXPECT_EQ(traces->table().capture.names, (Strings{"meet/2", "zoom/1"}));
  EXPECT_EQ(all(*traces, "BYTES"), (std::vector<float>{3, 4, 1, 2}));
}

TEST_F(ReadSeries, CountsAndNamesWhatIsWrong) {
  stage(
      write("label,b0,b1,b2\n"
            "x,1,2,\n"     // ends early
            "x,1,,3\n"     // a hole
            "x,1,two,3\n"  // text
            "x,1,2\n"      // ragged
            "x,1,2,3,4\n"
            ",1,2,3\n"
            "x,,,\n"
            "x,1,2,inf\n"));
  const auto traces = this->traces();
  EXPECT_EQ(all(*traces, "BYTES"), (std::vector<float>{1, 2}));
  const auto& table = traces->table();
  EXPECT_EQ(table.counts.at("series"), 8);
  EXPECT_EQ(table.notes.at("skipped: missing value"), "file.csv line 3: BYTES of packet 1");
  EXPECT_EQ(table.notes.at("skipped: text in a number cell"), "file.csv line 4: \"two\" in b1");
  EXPECT_EQ(table.notes.at("skipped: ragged row"),
            "file.csv line 5: 3 cells where the first has 4; file.csv line 6: 5 cells where the first has 4");
  EXPECT_EQ(table.notes.at("skipped: no label"), "file.csv line 7");
  EXPECT_EQ(table.notes.at("skipped: no packets"), "file.csv line 8");
  EXPECT_EQ(table.notes.at("skipped: value out of range"), "file.csv line 9: BYTES of packet 2 is inf");
  EXPECT_EQ(
      stage_->context.messages[2],
      "left out: missing value (1), no label (1), no packets (1), ragged row (2), text in a number cell (1), value out "
      "of range (1)");
}

TEST_F(ReadSeries, SaysWhatIsWrongWithTheFile) {
  const auto file = write("lable,b0,b1\nx,1,2\n");
  stage(file);
  EXPECT_EQ(error(),
            "file.csv has no column \"label\"; it has lable, b0, b1; set label to a column, to \"{file}\" or "
            "\"{folder}\", or to \"\" for no classes");
  stage(file).set("label", "lable").set("columns", list({"b1"})).set("series", "b0..b1");
  EXPECT_EQ(error(), "file.csv: column \"b1\" lies within the series");
  stage(file).set("label", "lable").set("channel", "IAT");
  EXPECT_EQ(error(), "channel \"IAT\" is none for a series; such as BYTES or PL");
  stage(write("label;b0;b1\nx;0,5;1\n"));
  EXPECT_EQ(error(), "file.csv line 2: \"0,5\" in b0 has a decimal comma; write numbers with a decimal point");
  stage(write("label,Mon,Tue\nx,1,2\n"));
  EXPECT_EQ(error(),
            "file.csv has no columns whose names count up, such as b0, b1, b2; name the first and the last "
            "column of the series: \"series\": \"first..last\"");
  const auto only_text = write("label,b0,b1\nx,a,b\n");
  stage(only_text);
  EXPECT_EQ(error(), "no trace is left of 1 series in " + only_text + ": text in a number cell (1)");
  stage(write(""));
  EXPECT_EQ(error(), "file.csv is empty");
  stage(write("label,b0,b1\n\xe9t\xe9,1,2\n"));
  EXPECT_EQ(error(), "file.csv: the name \"?t?\" is not UTF-8; save the file as UTF-8");
}

TEST(GenuineVideoSeries, IsReadWithTwoParameters) {
  const auto file = testing::reference_data() / "video-series/bytes_down_0.5s.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no reference data " << file << "; set MORGANA_REFERENCE_DATA";
  testing::StageRunner stage(morgana_plugin(), "read.csv");
  stage.set("path", file.string()).set("bin_seconds", 0.5);
  const auto traces = stage.run().output<Traces>("traces");
  EXPECT_EQ(traces->size(), 636u);
  EXPECT_EQ(traces->table().counts.at("series"), 636);
  EXPECT_EQ(traces->longest(), 240u);
  EXPECT_EQ(traces->packets(), 636u * 240u);
  EXPECT_EQ(traces->class_names(), (Strings{"facebook-360", "facebook-normal", "youtube-360", "youtube-normal"}));
  const auto classes = traces->rows_by_class();
  EXPECT_EQ(classes[0].size(), 159u);
  EXPECT_EQ(classes[1].size(), 157u);
  EXPECT_EQ((*traces)[0].channel("BYTES")[0], 333);
  EXPECT_EQ((*traces)[0].channel("BYTES")[6], 643882);
  EXPECT_EQ((*traces)[0].channel("IAT")[239], 0.5f);
  EXPECT_EQ(stage.context.messages.front(), "bytes_down_0.5s.csv: the series are b0..b239; not used: video, trace");
}

}  // namespace
}  // namespace morgana
