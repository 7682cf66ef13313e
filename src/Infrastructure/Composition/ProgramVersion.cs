using System.Reflection;

namespace ImageBackend.Infrastructure.Composition;

/// <summary>The version of both programs, such as <c>1.2.3+</c> and the commit.</summary>
public static class ProgramVersion
{
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
