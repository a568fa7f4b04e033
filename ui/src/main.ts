import './styles/base.css';
import './styles/floating.css';
import './styles/prose.css';
import { mount } from 'svelte';
import AppView from './App.svelte';
import { connect } from './backend';
import { App } from './state';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');

const app = new App(await connect(), window);
// What is on disk is there in milliseconds; a host that takes longer must not keep the window hidden.
await Promise.race([app.start(), new Promise((resolve) => setTimeout(resolve, 400))]);
mount(AppView, { target, props: { app } });
// The window is hidden until now, and a hidden window gets no animation frames: a timer it is.
setTimeout(() => void app.attempt(() => app.backend.showWindow()), 0);
