package main

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	strict "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// plain returns what is wrong with a ConfigMap or a Secret, of Kubernetes' own kinds the only ones that are rendered.
func plain(kind string, document []byte) (problems []string) {
	keys, size := []string{}, 0
	var meta metav1.ObjectMeta
	switch kind {
	case "ConfigMap":
		var object corev1.ConfigMap
		if err := decode(document, &object); err != nil {
			return []string{err.Error()}
		}
		meta = object.ObjectMeta
		for key, value := range object.Data {
			keys, size = append(keys, key), size+len(value)
		}
	case "Secret":
		var object corev1.Secret
		if err := decode(document, &object); err != nil {
			return []string{err.Error()}
		}
		meta = object.ObjectMeta
		for key, value := range object.StringData {
			keys, size = append(keys, key), size+len(value)
		}
	default:
		return []string{"no such kind: v1 " + kind}
	}
	if size > corev1.MaxSecretSize {
		problems = append(problems, fmt.Sprintf("%d bytes, above %d", size, corev1.MaxSecretSize))
	}
	for _, key := range keys {
		for _, wrong := range validation.IsConfigMapKey(key) {
			problems = append(problems, key+": "+wrong)
		}
	}
	return append(problems, named(&meta)...)
}

// decode refuses unknown fields, fields in other letters, and doubles, as the API server does.
func decode(document []byte, object any) error {
	text, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	unknown, err := strict.UnmarshalStrict(text, object)
	return errors.Join(append(unknown, err)...)
}

func metadata(object map[string]any) []string {
	found := unstructured.Unstructured{Object: object}
	return named(&metav1.ObjectMeta{
		Name: found.GetName(), Namespace: found.GetNamespace(),
		Labels: found.GetLabels(), Annotations: found.GetAnnotations(),
	})
}

func named(meta *metav1.ObjectMeta) (problems []string) {
	path := field.NewPath("metadata")
	for _, err := range apivalidation.ValidateObjectMeta(meta, true, apivalidation.NameIsDNSSubdomain, path) {
		problems = append(problems, err.Error())
	}
	for _, err := range metavalidation.ValidateLabels(meta.Labels, path) {
		problems = append(problems, err.Error())
	}
	return problems
}
