using k8s;
using k8s.Models;

namespace ImageBackend.Build.Tests.Kubernetes;

/// <summary>Of the Prometheus Operator, as far as it is used here.</summary>
internal sealed class ServiceMonitor : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public MonitorSpec Spec { get; set; } = new();
}

internal sealed class MonitorSpec
{
    public V1LabelSelector Selector { get; set; } = new();

    public IList<MonitorEndpoint> Endpoints { get; set; } = [];
}

internal sealed class MonitorEndpoint
{
    public string Port { get; set; } = "";

    public string Path { get; set; } = "";

    public string Interval { get; set; } = "";
}
