using System.Globalization;
using k8s.Models;

namespace ImageBackend.Build.Tests.Kubernetes;

/// <summary>What must fit together in any set of manifests. Each rule yields what breaks it, so that a test can plant that.</summary>
internal static class Rules
{
    private const int User = 1654;

    /// <summary>How long the service takes to stop, at most.</summary>
    private const int StopSeconds = 30;

    public static IEnumerable<string> Problems(Manifests manifests) =>
    [
        .. manifests.Workloads.SelectMany(workload => Privileges(workload).Concat(Writable(workload)).Concat(Ports(workload)).Select(problem => $"{workload.Name}: {problem}")),
        .. Selectors(manifests),
        .. Metrics(manifests),
        .. References(manifests),
        .. Variables(manifests),
        .. manifests.Workloads.SelectMany(Stop),
    ];

    private static IEnumerable<string> Privileges(Workload workload)
    {
        V1PodSecurityContext? pod = workload.Pod.SecurityContext;
        if (pod is not { RunAsNonRoot: true, RunAsUser: User, RunAsGroup: User, FsGroup: User, SeccompProfile.Type: "RuntimeDefault" })
        {
            yield return "may run as root, or without seccomp";
        }

        if (workload.Pod is not { AutomountServiceAccountToken: false, EnableServiceLinks: false })
        {
            yield return "has the cluster's token, or the variables of services";
        }

        foreach (V1Container container in workload.Containers)
        {
            if (container.SecurityContext is not { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true, Capabilities: { Drop: ["ALL"], Add: null } })
            {
                yield return $"{container.Name} has more rights than it needs";
            }

            if (container.Resources?.Requests?.ContainsKey("memory") != true || !container.Resources.Limits.ContainsKey("memory"))
            {
                yield return $"{container.Name} has no limit on memory";
            }
        }
    }

    private static IEnumerable<string> Writable(Workload workload)
    {
        V1VolumeMount? temp = workload.Main.VolumeMounts?.FirstOrDefault(mount => mount.MountPath == Settings.TempFolder);
        if (workload.Pod.Volumes?.FirstOrDefault(volume => volume.Name == temp?.Name)?.EmptyDir?.SizeLimit is null)
        {
            yield return $"{Settings.TempFolder} is not an emptyDir with a limit";
        }

        foreach (string missing in workload.Containers.SelectMany(container => container.VolumeMounts ?? []).Select(mount => mount.Name)
            .Except(workload.Pod.Volumes?.Select(volume => volume.Name) ?? []))
        {
            yield return $"there is no volume {missing}";
        }
    }

    private static IEnumerable<string> Ports(Workload workload)
    {
        V1Container main = workload.Main;
        if (main.Command is not null)
        {
            yield break;
        }

        if (PortOf(main, "http") != Settings.NumberOf("SERVICE_PORT") || PortOf(main, "http-metrics") != Settings.NumberOf("METRICS_PORT"))
        {
            yield return "the service listens on other ports";
        }

        foreach ((V1Probe? probe, string path) in new[] { (main.StartupProbe, "/health/live"), (main.LivenessProbe, "/health/live"), (main.ReadinessProbe, "/health/ready") })
        {
            if (probe?.HttpGet is not { } get || get.Path != path || get.Port.Value != "http")
            {
                yield return $"a probe does not ask for {path} on the port http";
            }
        }
    }

    private static IEnumerable<string> Selectors(Manifests manifests)
    {
        foreach (V1Deployment deployment in manifests.All<V1Deployment>().Where(one => !Selects(one.Spec.Selector.MatchLabels, one.Spec.Template.Metadata.Labels)))
        {
            yield return $"{deployment.Name()} does not select its own pods";
        }

        IList<IDictionary<string, string>> services = [.. manifests.All<V1Deployment>().Select(one => one.Spec.Template.Metadata.Labels)];
        IList<IDictionary<string, string>> jobs = [.. manifests.Workloads.Where(one => one.Job is not null).Select(one => one.Template.Metadata.Labels)];
        IEnumerable<(string By, IDictionary<string, string> Selector)> selectors =
        [
            .. manifests.All<V1Service>().Select(one => ("the Service", one.Spec.Selector)),
            .. manifests.All<V1PodDisruptionBudget>().Select(one => ("the PodDisruptionBudget", one.Spec.Selector.MatchLabels)),
            .. manifests.Workloads.SelectMany(one => one.Pod.TopologySpreadConstraints ?? []).Select(one => ("the topology", one.LabelSelector.MatchLabels)),
        ];
        foreach ((string by, IDictionary<string, string> selector) in selectors)
        {
            if (!services.Any(labels => Selects(selector, labels)) || jobs.Any(labels => Selects(selector, labels)))
            {
                yield return $"{by} does not select the service's pods alone";
            }
        }
    }

    private static IEnumerable<string> Metrics(Manifests manifests)
    {
        foreach (V1Service service in manifests.All<V1Service>())
        {
            V1Deployment deployment = manifests.The<V1Deployment>();
            V1Container main = Workload.Of(deployment)!.Main;
            IDictionary<string, string> annotations = deployment.Spec.Template.Metadata.Annotations;
            if (annotations["prometheus.io/scrape"] != "true" || annotations["prometheus.io/path"] != Settings.DefaultOf("METRICS_PATH")
                || annotations["prometheus.io/port"] != PortOf(main, "http-metrics")?.ToString(CultureInfo.InvariantCulture))
            {
                yield return "Prometheus scrapes something else";
            }

            if (service.Spec.Ports.Any(port => PortOf(main, port.TargetPort.Value) is null))
            {
                yield return "the Service has a port that the container does not have";
            }

            foreach (ServiceMonitor monitor in manifests.All<ServiceMonitor>())
            {
                if (!Selects(monitor.Spec.Selector.MatchLabels, service.Metadata.Labels) || monitor.Spec.Endpoints.Any(end => end.Path != Settings.DefaultOf("METRICS_PATH") || service.Spec.Ports.All(port => port.Name != end.Port)))
                {
                    yield return "the ServiceMonitor does not find the Service's port";
                }
            }
        }
    }

    private static IEnumerable<string> References(Manifests manifests)
    {
        string[] maps = ["images", .. manifests.All<V1ConfigMap>().Select(map => map.Name())];
        string[] claims = [.. manifests.All<V1PersistentVolumeClaim>().Select(claim => claim.Name())];
        foreach (Workload workload in manifests.Workloads)
        {
            if (workload.Main.EnvFrom is not [{ ConfigMapRef.Name: "images" }, { SecretRef.Name: "images" }] || !maps.Contains("images"))
            {
                yield return $"{workload.Name} has other settings than the service";
            }

            foreach (string claim in (workload.Pod.Volumes ?? []).Select(volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>().Except(claims))
            {
                yield return $"{workload.Name} uses a volume that is not there: {claim}";
            }
        }
    }

    private static IEnumerable<string> Variables(Manifests manifests)
    {
        IDictionary<string, string> variables = manifests.All<V1ConfigMap>().SingleOrDefault()?.Data ?? new Dictionary<string, string>();
        return variables.Keys.Concat(manifests.Workloads.SelectMany(one => one.Containers).SelectMany(one => one.Env ?? []).Select(one => one.Name))
            .Where(name => !Settings.Knows(name, variables)).Select(name => $"{name} is not a setting");
    }

    private static IEnumerable<string> Stop(Workload workload)
    {
        if (workload.Main.Command is not null)
        {
            yield break;
        }

        IList<string>? before = workload.Main.Lifecycle?.PreStop?.Exec?.Command;
        if (before is not ["sleep", var seconds] || int.Parse(seconds, CultureInfo.InvariantCulture) + StopSeconds >= workload.Pod.TerminationGracePeriodSeconds)
        {
            yield return "the service is killed before it has stopped";
        }
    }

    private static bool Selects(IDictionary<string, string> selector, IDictionary<string, string>? labels) =>
        selector.Count > 0 && selector.All(pair => labels?.TryGetValue(pair.Key, out string? value) == true && value == pair.Value);

    private static int? PortOf(V1Container container, string name) => container.Ports?.FirstOrDefault(port => port.Name == name)?.ContainerPort;
}
