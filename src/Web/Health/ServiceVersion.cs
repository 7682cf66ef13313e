using System.Reflection;

namespace ImageBackend.Web.Health;

/// <summary>The version of this program, such as <c>1.2.3+</c> and the commit.</summary>
internal static class ServiceVersion
{
    public static string Text { get; } =
        typeof(ServiceVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
