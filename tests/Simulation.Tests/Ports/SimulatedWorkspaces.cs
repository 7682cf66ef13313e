using ImageBackend.Application.Abstractions;

namespace ImageBackend.Simulation.Tests.Ports;

/// <summary>The temp folder of one process, in memory.</summary>
internal sealed class SimulatedWorkspaces : IWorkspaces
{
    private readonly Dictionary<string, string> _files = [];
    private int _count;

    /// <summary>Workspaces that are in use.</summary>
    public int Open { get; private set; }

    public string Read(string path) => _files[path];

    public void Write(string path, string text) => _files[path] = text;

    IWorkspace IWorkspaces.Open()
    {
        Open++;
        return new Workspace(this, $"{++_count}/");
    }

    private sealed class Workspace(SimulatedWorkspaces owner, string folder) : IWorkspace
    {
        private bool _isDisposed;

        public string PathOf(string name) => folder + name;

        public Task<long> ReceiveAsync(string name, Stream content, long maxBytes, CancellationToken cancellationToken)
        {
            string text = ContentStream.TextOf(content);
            owner.Write(PathOf(name), text);
            return Task.FromResult((long)text.Length);
        }

        public Stream OpenRead(string name) => new ContentStream(owner.Read(PathOf(name)));

        public void Dispose()
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                owner.Open--;
                foreach (string path in owner._files.Keys.Where(path => path.StartsWith(folder, StringComparison.Ordinal)).ToArray())
                {
                    owner._files.Remove(path);
                }
            }
        }
    }
}
