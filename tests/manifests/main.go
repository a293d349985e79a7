// Command manifests holds Kubernetes objects against the schemas that their operators publish, as strictly as an API
// server that is asked for strict field validation: unknown fields, shapes, lists, names and rules (CEL).
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	kinds, err := readKinds(strings.Split(os.Args[1], ","))
	must(err)
	objects, refused := 0, 0
	for _, path := range os.Args[2:] {
		documents, err := readDocuments(path)
		must(err)
		for _, document := range documents {
			objects++
			for _, problem := range kinds.problems(document) {
				refused++
				fmt.Fprintf(os.Stderr, "%s: %s\n", filepath.Base(path), problem)
			}
		}
	}
	fmt.Printf("%d objects\n", objects)
	if refused > 0 {
		os.Exit(1)
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
