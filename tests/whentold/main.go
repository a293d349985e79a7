// Command whentold says which receivers Alertmanager tells of alerts at given times, with its own code.
//
// It reads the path of a configuration from its argument and from stdin JSON lines with `labels` and `at`, and
// writes the names of the receivers for each as a JSON line.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"time"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/timeinterval"
	"github.com/prometheus/common/model"
)

type question struct {
	Labels model.LabelSet `json:"labels"`
	At     time.Time      `json:"at"`
}

func main() {
	log.SetFlags(0)
	read, err := config.LoadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	windows := map[string][]timeinterval.TimeInterval{}
	for _, one := range read.TimeIntervals {
		windows[one.Name] = one.TimeIntervals
	}
	muter := timeinterval.NewIntervener(windows)
	root := dispatch.NewRoute(read.Route, nil)
	lines, answers := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			log.Fatal(err)
		}
		told := []string{}
		for _, route := range root.Match(asked.Labels) {
			muted, _, err := muter.Mutes(route.RouteOpts.MuteTimeIntervals, asked.At)
			if err != nil {
				log.Fatal(err)
			}
			if !muted {
				told = append(told, route.RouteOpts.Receiver)
			}
		}
		if err := answers.Encode(told); err != nil {
			log.Fatal(err)
		}
	}
}
