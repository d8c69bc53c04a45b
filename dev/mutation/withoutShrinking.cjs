const fc = require('fast-check');

// A property that fails has noticed a change; the smallest values that it fails with do not matter.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
