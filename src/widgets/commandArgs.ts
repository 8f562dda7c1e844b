/** The arguments of a command that has none. */
export const NO_ARGS = { type: 'object', properties: {} };

/** The arguments of a command that acts on a cluster. */
export const CLUSTER_ARGS = {
  type: 'object',
  properties: {
    cluster: {
      type: 'string',
      description:
        'The name of the cluster; where it is missing, the selected one.'
    }
  }
};

/** The arguments of a command that acts on a job. */
export const JOB_ARGS = {
  type: 'object',
  required: ['job'],
  properties: {
    job: { type: 'string', description: 'The name of the job.' }
  }
};

/** The arguments of the command that makes a cluster. */
export const CREATE_ARGS = {
  type: 'object',
  properties: {
    profile: {
      type: 'string',
      description:
        'The name of the profile; where it is missing, the last one used.'
    },
    now: {
      type: 'boolean',
      description: 'Whether to create the cluster without a form.'
    },
    label: {
      type: 'string',
      description: 'What a menu calls it.'
    },
    icon: {
      type: 'string',
      description: 'The name of the icon that a menu shows.'
    },
    isLauncher: {
      type: 'boolean',
      description: 'Whether label and icon are for the launcher.'
    }
  }
};

/** The arguments of the command that opens a menu. */
export const PLACE_ARGS = {
  type: 'object',
  properties: {
    x: { type: 'number', description: 'Where the menu opens, from the left.' },
    y: { type: 'number', description: 'Where the menu opens, from the top.' }
  }
};

/** The arguments of the command that shows details. */
export const DETAILS_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    tab: {
      type: 'string',
      enum: ['overview', 'pods', 'events', 'logs', 'yaml'],
      description: 'What is shown first.'
    },
    pod: { type: 'string', description: 'The pod whose logs are shown.' }
  }
};

/** The arguments of the doctor. */
export const DOCTOR_ARGS = {
  type: 'object',
  properties: {
    restored: {
      type: 'boolean',
      description: 'Whether it comes back with the page, and waits to be seen.'
    }
  }
};

/** The arguments of the command that runs a file as a job. */
export const RUN_ARGS = {
  type: 'object',
  properties: {
    path: {
      type: 'string',
      description:
        'The notebook or script; where it is missing, the active document.'
    },
    fromBrowser: {
      type: 'boolean',
      description: 'Whether the file selected in the file browser is meant.'
    },
    isMenu: {
      type: 'boolean',
      description: 'Whether the command is shown in a menu.'
    },
    isToolbar: {
      type: 'boolean',
      description: 'Whether the command is a button that is always there.'
    }
  }
};

/** The arguments of the monitor; `id` is of a pane that comes back. */
export const MONITOR_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    seconds: {
      type: 'number',
      description: 'How much of the past is shown, in seconds.'
    },
    heat: {
      type: 'string',
      enum: ['cpu', 'memory', 'gpuUse', 'gpuMemory'],
      description: 'What the colours of workers mean.'
    },
    id: {
      type: 'string',
      description: 'The id of a pane that is to be restored.'
    }
  }
};

/** The arguments of the command that sends files. */
export const SEND_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    path: {
      type: 'string',
      description:
        'The folder or Python module, below the root of Jupyter; where it is missing, the selection of the file browser.'
    }
  }
};

/** The arguments of the command that opens a plot. */
export const PLOT_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    path: {
      type: 'string',
      description: 'The page of the dashboard, as individual-task-stream.'
    },
    title: { type: 'string', description: 'What the tab is called.' },
    id: {
      type: 'string',
      description: 'The id of a pane that is to be restored.'
    }
  }
};

/** The arguments of the command that opens the whole dashboard. */
export const DASHBOARD_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    newTab: {
      type: 'boolean',
      description: 'Whether to open it in a new tab of the browser.'
    }
  }
};

/** The arguments of the command that changes the cluster of panes. */
export const REBIND_ARGS = {
  type: 'object',
  properties: {
    ...CLUSTER_ARGS.properties,
    id: {
      type: 'string',
      description: 'The id of the one pane to change; without it, all of them.'
    }
  }
};

/** The arguments of the command that Dask's own HTML calls. */
export const LINK_ARGS = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      description: 'A link to a dashboard, as Dask prints it.'
    }
  }
};
