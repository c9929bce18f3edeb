// vcsim serves the vSphere API without a hypervisor, by the simulator of the govmomi library.
//
// It prints "ready PORT" once it listens on the loopback interface, and ends when its standard input does.
package main

import (
	"bytes"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"

	"github.com/vmware/govmomi/simulator"
)

func main() {
	mode := flag.String("mode", "esx", "esx: a single host; vpx: a vCenter with clusters")
	machines := flag.Int("machines", 2, "machines of each pool")
	folders := flag.Int("folders", 0, "folders that datacenters, hosts and machines of a vCenter are in")
	delay := flag.Int("delay", 0, "milliseconds that each method takes longer")
	port := flag.Int("port", 0, "port to listen on; 0: any")
	plain := flag.Bool("plain", false, "HTTP in place of HTTPS")
	typed := flag.Bool("typed", false, "members of arrays say of which type they are, as those of hosts do; libvirt wants it")
	verbose := flag.Bool("verbose", false, "keep the simulator's log")
	flag.Parse()
	if !*verbose {
		log.SetOutput(io.Discard)
	}

	model := simulator.ESX()
	if *mode == "vpx" {
		model = simulator.VPX()
	}
	model.Machine = *machines
	model.Folder = *folders
	model.DelayConfig.Delay = *delay
	if err := model.Create(); err != nil {
		fmt.Fprintln(os.Stderr, "make the inventory:", err)
		os.Exit(1)
	}
	model.Service.Listen = &url.URL{
		Host: fmt.Sprintf("127.0.0.1:%d", *port),
		User: url.UserPassword("root", "secret word"),
	}
	if !*plain {
		model.Service.TLS = new(tls.Config)
	}
	server := model.Service.NewServer()
	if *typed {
		server.Config.Handler = addTypes(server.Config.Handler)
	}
	fmt.Println("ready", server.URL.Port())
	_, _ = io.Copy(io.Discard, os.Stdin)
	// Closing the server would wait for clients that wait for updates.
	model.Remove()
}

var (
	reference = regexp.MustCompile(`<ManagedObjectReference type="([A-Za-z]+)">`)
	array     = regexp.MustCompile(`:type="ArrayOf([A-Za-z]+)"`)
)

// addTypes has the members of arrays say of which type they are.
func addTypes(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		body := reference.ReplaceAll(answer.Body.Bytes(),
			[]byte(`<ManagedObjectReference type="$1" xsi:type="ManagedObjectReference">`))
		for _, found := range array.FindAllSubmatch(body, -1) {
			name := string(found[1])
			body = bytes.ReplaceAll(body, []byte("<"+name+">"), []byte("<"+name+` xsi:type="`+name+`">`))
		}
		for key, values := range answer.Header() {
			w.Header()[key] = values
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	})
}
