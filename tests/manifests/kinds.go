package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/yaml"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

type kind struct {
	structural *schema.Structural
	shape      validation.SchemaValidator
	rules      *cel.Validator
}

type kinds map[string]kind

// readKinds returns each kind of some files of custom resource definitions, by apiVersion and kind.
func readKinds(paths []string) (kinds, error) {
	found := kinds{}
	for _, path := range paths {
		documents, err := readDocuments(path)
		if err != nil {
			return nil, err
		}
		for _, document := range documents {
			if err := found.add(document); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	return found, nil
}

func (found kinds) add(document []byte) error {
	var definition v1.CustomResourceDefinition
	if err := yaml.Unmarshal(document, &definition); err != nil {
		return err
	}
	for _, version := range definition.Spec.Versions {
		var internal apiextensions.JSONSchemaProps
		if err := v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &internal, nil); err != nil {
			return err
		}
		structural, err := schema.NewStructural(&internal)
		if err != nil {
			return err
		}
		shape, _, err := validation.NewSchemaValidator(&internal)
		if err != nil {
			return err
		}
		rules := cel.NewValidator(structural, true, celconfig.PerCallLimit)
		name := definition.Spec.Group + "/" + version.Name + " " + definition.Spec.Names.Kind
		found[name] = kind{structural, shape, rules}
	}
	return nil
}

// problems returns everything an API server would refuse in one object.
func (found kinds) problems(document []byte) (problems []string) {
	var object map[string]any
	if err := yaml.Unmarshal(document, &object); err != nil {
		return []string{err.Error()}
	}
	version, _ := object["apiVersion"].(string)
	name, _ := object["kind"].(string)
	if version == "v1" {
		return plain(name, document)
	}
	known, ok := found[version+" "+name]
	if !ok {
		return []string{fmt.Sprintf("no such kind: %s %s", version, name)}
	}
	problems = metadata(object)
	for _, err := range validation.ValidateCustomResource(nil, object, known.shape) {
		problems = append(problems, err.Error())
	}
	for _, err := range listtype.ValidateListSetsAndMaps(nil, known.structural, object) {
		problems = append(problems, err.Error())
	}
	if known.rules != nil {
		refused, _ := known.rules.Validate(context.Background(), field.NewPath(""), known.structural, object, nil, celconfig.RuntimeCELCostBudget)
		for _, err := range refused {
			problems = append(problems, err.Error())
		}
	}
	unknown := pruning.PruneWithOptions(object, known.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	for _, path := range unknown {
		problems = append(problems, "unknown field: "+path)
	}
	return problems
}

// readDocuments returns the documents of a YAML file.
func readDocuments(path string) (documents [][]byte, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(document)) > 0 {
			documents = append(documents, document)
		}
	}
}
