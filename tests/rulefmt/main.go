// Command rulefmt reads rule files as Prometheus itself does and prints what it refuses.
package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	rules, refused := 0, 0
	for _, path := range os.Args[1:] {
		groups, errs := rulefmt.ParseFile(path, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.Default())
		for _, err := range errs {
			refused++
			fmt.Fprintln(os.Stderr, err)
		}
		if groups != nil {
			for _, group := range groups.Groups {
				rules += len(group.Rules)
			}
		}
	}
	fmt.Printf("%d rules\n", rules)
	if refused > 0 {
		os.Exit(1)
	}
}
