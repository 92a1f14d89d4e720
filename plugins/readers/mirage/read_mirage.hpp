// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "forms/form_parameters.hpp"
#include "morgana/stage.hpp"
#include "morgana/traces.hpp"
#include "release.hpp"
#include "selection.hpp"

namespace morgana::mirage {

/// Reads one release of MIRAGE as its authors publish it, JSON in folders or archives.
class ReadMirage : public Stage {
 public:
  explicit ReadMirage(const Release& release) : release_(release) {}
  void run(Context& context) override;

 protected:
  Selection selection() const;
  void read_json(Context& context);

  const Release& release_;
  Param<InputPath> path{
      *this,
      "path",
      {.doc = "A capture file, a folder of them, or the archive as released: .json, .tar.gz, .zip, a zip of zips; "
              "never unpacked to the disk."}};
  forms::FormParameters form{*this, release_.channels, " TIME counts from the first packet of the trace."};
  Param<bool> exact_only{
      *this,
      "exact_only",
      {.value = false, .doc = "Keep only biflows whose app was seen in the socket log, none labelled by majority."}};
  Param<Choice> label{*this, "label", {.value = Choice{"app"}, .choices = release_.labels, .doc = label_doc(release_)}};
  Param<Choice> app_from{
      *this,
      "app_from",
      {.value = Choice{"flow"},
       .choices = {"flow", "file"},
       .doc = "Whose app `label` means: the biflow's own, or the one that its file is named after."}};
  Param<Choice> background{
      *this,
      "background",
      {.value = Choice{"drop"}, .choices = {"drop", "keep", "label"}, .doc = background_doc(release_)}};
  Param<bool> features{
      *this,
      "features",
      {.value = false,
       .doc = "The 102 statistics of each whole biflow as columns, \"packet_length.biflow.min\" and so on."}};
  Param<double> inflate_ratio{
      *this,
      "inflate_ratio",
      {.value = 250,
       .min = 1,
       .doc = "How many times its size a packed file may inflate to, against archives made to fill time "
              "and memory.",
       .origin = "the releases inflate to 20 times their size at most, deflate reaches 1032"}};
  Param<double> inflate_total{*this,
                              "inflate_total",
                              {.value = 1000,
                               .unit = "GB",
                               .min = 0,
                               .doc = "How much may be inflated in all, each layer of packing counted.",
                               .origin = "the largest release has 137 GB"}};
  Out<Traces> traces{*this, "traces", "One trace a biflow, ordered by file."};

 private:
  static std::string label_doc(const Release& release);
  static std::string background_doc(const Release& release);

  Parallel parallel_{*this};
};

}  // namespace morgana::mirage
